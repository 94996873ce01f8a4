"""A stand-in for an SMS and voice gateway: own process, signed HTTP, receipts, replies, a page with the phones.

It shares no code with the platform, so that what it counts is evidence about the platform.
"""
