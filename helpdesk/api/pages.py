from rest_framework.pagination import CursorPagination


class KeysetPagination(CursorPagination):
    """Pages by the last row seen, so that the hundredth costs what the first does."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering: tuple[str, ...] = ("-updated_at", "-id")
