"""The screens: Flask, Flask-Admin and their forms; they read, and let services do every change."""
