"""drf-chunked-upload itself, as a project has it by its README: `original_server.py DIRECTORY LIMIT`.

Says where it listens and a token of its one user, as a line of JSON, and serves until it is ended.
"""

import json
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings

directory, limit = sys.argv[1], int(sys.argv[2])
sys.modules["original_server"] = sys.modules["__main__"]
settings.configure(
    SECRET_KEY="of a test",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="original_server",
    USE_TZ=True,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "rest_framework",
        "rest_framework.authtoken",
        "drf_chunked_upload",
    ],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{directory}/db"}},
    MEDIA_ROOT=f"{directory}/media",
    DRF_CHUNKED_UPLOAD_ABSTRACT_MODEL=False,
    DRF_CHUNKED_UPLOAD_MAX_BYTES=limit,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    },
)
django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.urls import path
from drf_chunked_upload.views import ChunkedUploadView
from rest_framework.authtoken.models import Token

view = ChunkedUploadView.as_view()
urlpatterns = [
    path("api/chunked_upload/", view),
    path("api/chunked_upload/<uuid:pk>/", view, name="chunkedupload-detail"),
]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *words):
        pass


call_command("migrate", verbosity=0)
token = Token.objects.create(user=User.objects.create(username="user"))
server = make_server("127.0.0.1", 0, get_wsgi_application(), Server, Quiet)
print(json.dumps({"port": server.server_port, "token": token.key}), flush=True)
server.serve_forever()
