"""Settings of the test suite: the real database and broker, cheaper passwords, its own Redis number."""

import os
import re

from weidong_ops.env import env

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("DATABASE_URL", os.environ.get("TEST_DATABASE_URL", "postgis:///weidong"))
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6379/9")
if worker := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
    # Test processes side by side have a Redis number each: one empties its own before every test.
    os.environ["REDIS_URL"] = re.sub(r"\d+$", lambda own: str(int(own[0]) + int(worker)), os.environ["REDIS_URL"])
os.environ["DEBUG"] = "1"  # cookies over http, hosts of the loopback
os.environ["DEMO"] = "1"
if test_database := env.str("TEST_DATABASE_URL", ""):
    os.environ["DATABASE_URL"] = test_database

from weidong_ops.settings import *  # noqa: F403  (settings are names, all of them)

DEBUG = False
if suffix := env.str("TEST_DB_SUFFIX", ""):
    DATABASES["default"]["TEST"] = {"NAME": f"test_weidong_{suffix}"}  # noqa: F405
if tables := env.str("TEST_TEMPLATE", ""):
    DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = tables  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SMS_GATEWAY_URL = "http://127.0.0.1:9"  # discard: a test that sends starts the simulator and says so
SMS_GATEWAY_SECRET = "test-gateway"  # noqa: S105
WEBHOOK_SECRET = "test-webhook"  # noqa: S105
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
