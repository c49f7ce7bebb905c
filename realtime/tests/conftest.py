"""What all tests of the sockets share."""

from hypothesis import settings

# Two cores are shared by everything that runs: how long an example takes says nothing.
settings.register_profile("realtime", deadline=None)
settings.load_profile("realtime")
