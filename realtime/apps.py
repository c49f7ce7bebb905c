from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        from realtime import feed, metrics, topics
        from realtime.registry import running

        metrics.watch(lambda: [registry for _, registry in running()])
        topics.connect()
        feed.connect()
