"""What the provider's codes mean for a message."""

from messaging.rules import Rejected, Result, RetryAfter, Unknown

CODES: dict[str, Result] = {
    "isv.MOBILE_NUMBER_ILLEGAL": Rejected("bad_number"),
    "isv.MOBILE_COUNT_OVER_LIMIT": Rejected("too_many_numbers"),
    "isv.TEMPLATE_MISSING_PARAMETERS": Rejected("template_params"),
    "isv.TEMPLATE_PARAMS_ILLEGAL": Rejected("template_params"),
    "isv.INVALID_PARAMETERS": Rejected("template_params"),
    "isv.INVALID_JSON_PARAM": Rejected("template_params"),
    "isv.PARAM_LENGTH_LIMIT": Rejected("template_params"),
    "isv.PARAM_NOT_SUPPORT_URL": Rejected("template_params"),
    "isv.SMS_TEMPLATE_ILLEGAL": Rejected("template_unknown"),
    "isv.SMS_SIGNATURE_ILLEGAL": Rejected("signature_unknown"),
    "isv.SMS_SIGN_ILLEGAL": Rejected("signature_unknown"),
    "isv.SMS_SIGN_NAME_ILLEGAL": Rejected("signature_unknown"),
    "isv.SMS_CONTENT_ILLEGAL": Rejected("text_refused"),
    "isv.BLACK_KEY_CONTROL_LIMIT": Rejected("text_refused"),
    "isv.BUSINESS_LIMIT_CONTROL": RetryAfter(60.0, "throttled"),  # one a minute to a telephone
    "isv.DAY_LIMIT_CONTROL": RetryAfter(None, "day_limit"),
    "isv.AMOUNT_NOT_ENOUGH": RetryAfter(None, "no_credit"),
    "isv.OUT_OF_SERVICE": RetryAfter(None, "no_credit"),
    "isv.ACCOUNT_NOT_EXISTS": RetryAfter(None, "account_unknown"),
    "isv.ACCOUNT_ABNORMAL": RetryAfter(None, "account_stopped"),
    "isv.PRODUCT_UN_SUBSCRIPT": RetryAfter(None, "account_stopped"),
    "isv.PRODUCT_UNSUBSCRIBE": RetryAfter(None, "account_stopped"),
    "isv.RAM_CHECK_FAILED": RetryAfter(None, "account_denied"),
    "isp.RAM_PERMISSION_DENY": RetryAfter(None, "account_denied"),
    "isp.SYSTEM_ERROR": Unknown(),
    "isp.GATEWAY_ERROR": Unknown(),
    "isp.UNKNOWN": Unknown(),
    "InternalError": Unknown(),
    "ServiceUnavailable": RetryAfter(None, "provider_error"),
    "SignatureDoesNotMatch": RetryAfter(None, "account_denied"),
    "InvalidAccessKeyId.NotFound": RetryAfter(None, "account_unknown"),
    "Throttling.User": RetryAfter(1.0, "throttled"),
}


def read_code(code: str) -> Result:
    """The meaning of a code other than "OK".

    Of the codes in no table those of the message ("isv.") refuse it under their own name. The others speak of the
    account or of the provider: it took nothing, and another account may. No code at all says nothing.
    """
    if known := CODES.get(code):
        return known
    if not code:
        return Unknown()
    return Rejected(code[:40]) if code.startswith("isv.") else RetryAfter(None, code[:40])
