"""What `core.web.app` binds to an application: the Flask extensions, the files, the clock of its process."""

from flask import current_app
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from core.storage.files import FileStore
from core.storage.models import Base
from core.storage.processes.clocks import Clocks

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, headers_enabled=True)
clocks = Clocks()


def files() -> FileStore:
    """The application's store of uploaded files."""
    store: FileStore = current_app.extensions["files"]
    return store
