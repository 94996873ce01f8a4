"""Wiring only: settings, URLs, the Celery app, the ASGI door."""

from weidong_ops.celery import app as celery_app

__all__ = ["celery_app"]
