"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# No test asserts on time: a slow machine is no failure.
settings.register_profile(
    "hashchat", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("hashchat")
