from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        from core.lib import startup
        from realtime import feed, metrics, topics, warming
        from realtime.registry import running

        metrics.watch(lambda: [registry for _, registry in running()])
        startup.before_serving(warming.warm_up)
        topics.connect()
        feed.connect()
