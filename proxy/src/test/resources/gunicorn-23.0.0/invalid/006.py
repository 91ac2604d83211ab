from gunicorn.http.errors import LimitRequestLine
request = LimitRequestLine
