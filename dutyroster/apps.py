from django.apps import AppConfig


class DutyrosterConfig(AppConfig):
    name = "dutyroster"
