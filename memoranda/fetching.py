"""What WeasyPrint may read while it makes a PDF: the bundled assets of this very build, nothing else (S5)."""

from collections.abc import Mapping

from weasyprint.urls import URLFetcher, URLFetcherResponse

SCHEME = "bundled"
LONGEST_DATA = 2_000_000


class BundledFetcher(URLFetcher):  # type: ignore[misc] # WeasyPrint is not typed
    """Answer `bundled:name` from memory and short `data:` addresses; any other address stops the build."""

    def __init__(self, *assets: Mapping[str, tuple[str, bytes]]) -> None:
        """Take the assets by name, as (media type, content); they may be made only when they are read."""
        super().__init__(allowed_protocols=(SCHEME, "data"), allow_redirects=False, fail_on_errors=True)
        self._assets = assets

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return the asset; raise `ValueError` for what is not one (fatal to the build)."""
        scheme, _, name = url.partition(":")
        if scheme == "data" and len(url) <= LONGEST_DATA:
            return super().fetch(url, headers)
        holder = next((assets for assets in self._assets if name in assets), None)
        if scheme != SCHEME or holder is None:
            raise ValueError(f"Refused while making a PDF: {url[:120]}")
        media_type, content = holder[name]
        return URLFetcherResponse(url, content, {"Content-Type": media_type})
