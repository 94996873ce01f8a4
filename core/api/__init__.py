"""The API's manners: permission, problem details, paging, throttling."""
