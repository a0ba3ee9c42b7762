"""What tests of annotations share beside the cast: sites on loopback that links lead to."""

from tests.sites import certificate, near, serve, server_tls

__all__ = ["certificate", "near", "serve", "server_tls"]
