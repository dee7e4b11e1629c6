"""What WeasyPrint may read while it makes a PDF: the bundled assets of this very build, nothing else (S5)."""

from weasyprint.urls import URLFetcher, URLFetcherResponse

SCHEME = "bundled"
LONGEST_DATA = 2_000_000


class BundledFetcher(URLFetcher):  # type: ignore[misc] # WeasyPrint is not typed
    """Answer `bundled:name` from memory and short `data:` addresses; any other address stops the build."""

    def __init__(self, assets: dict[str, tuple[str, bytes]]) -> None:
        """Take the assets by name, as (media type, content)."""
        super().__init__(allowed_protocols=(SCHEME, "data"), allow_redirects=False, fail_on_errors=True)
        self._assets = assets

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Return the asset; raise `ValueError` for what is not one (fatal to the build)."""
        scheme, _, name = url.partition(":")
        if scheme == "data" and len(url) <= LONGEST_DATA:
            return super().fetch(url, headers)
        if scheme != SCHEME or name not in self._assets:
            raise ValueError(f"Refused while making a PDF: {url[:120]}")
        media_type, content = self._assets[name]
        return URLFetcherResponse(url, content, {"Content-Type": media_type})
