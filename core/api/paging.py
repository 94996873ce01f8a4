"""Keyset pages: as fast on the last page as on the first, and stable while rows come in."""

from rest_framework.pagination import CursorPagination


class Keyset(CursorPagination):
    """Newest first by primary key unless the view orders otherwise; `page_size` up to 500."""

    ordering = "-pk"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
