"""The provider's SDK behind two calls. Imported only where its packages are installed."""

from collections.abc import Mapping
from typing import Any

from alibabacloud_dysmsapi20170525.client import Client as DysmsClient
from alibabacloud_dysmsapi20170525.models import SendBatchSmsRequest, SendSmsRequest
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions
from Tea.exceptions import TeaException, UnretryableException

from messaging.rules import Account

ENDPOINT = "dysmsapi.aliyuncs.com"
NEVER_LEFT = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError")  # the SDK gives words, no types
CONNECT_MS, READ_MS = 3_000, 10_000


class Sdk:
    """One account's client; never tries again by itself: the deliveries' own rows do."""

    def __init__(self, account: Account) -> None:
        key, _, secret = account.secret.partition(":")
        config = Config(access_key_id=key, access_key_secret=secret, endpoint=account.url or ENDPOINT)
        self._client: Any = DysmsClient(config)
        self._options = RuntimeOptions(connect_timeout=CONNECT_MS, read_timeout=READ_MS, autoretry=False)

    def one(self, fields: Mapping[str, str]) -> tuple[str, str]:
        """One telephone."""
        return self._call(self._client.send_sms_with_options, SendSmsRequest(**fields))

    def many(self, fields: Mapping[str, str]) -> tuple[str, str]:
        """Up to 100 telephones."""
        return self._call(self._client.send_batch_sms_with_options, SendBatchSmsRequest(**fields))

    def _call(self, call: Any, request: Any) -> tuple[str, str]:
        try:
            body = call(request, self._options).body
        except UnretryableException as error:
            if any(sign in str(error) for sign in NEVER_LEFT):
                raise ConnectionRefusedError(str(error)) from error
            raise OSError(str(error)) from error
        except TeaException as error:
            return str(error.code or ""), ""
        return str(body.code or ""), str(body.biz_id or "")
