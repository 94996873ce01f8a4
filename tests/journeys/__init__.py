"""Whole nights in small: real web, worker and gateway, and what people do with them."""
