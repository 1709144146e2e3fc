"""Which pages may become articles, who may request them, and how often."""

from __future__ import annotations

from dataclasses import dataclass, replace

from service.config.lexicons import Lexicons
from service.config.sites import Site, Sites
from service.fetching import Url
from service.model.article import Submission
from service.model.errors import NotAllowed
from service.pages.fetch_log import Visit
from service.pages.page import Page
from service.pages.quotas import Pace, Quotas


@dataclass(frozen=True, slots=True)
class PagePolicy:
    """The rules that publishers set.

    Args:
        sites: whose pages may be fetched, and from which origins requests may come.
        lexicons: a change to one makes pages be read again.
        quotas: daily quotas of sites.
        pace: how often a reader may request a new page.
        refresh: seconds after which a page is fetched again.
        absence: the same for a missing page, if that is sooner.
    """

    sites: Sites
    lexicons: Lexicons
    quotas: Quotas
    pace: Pace
    refresh: float
    absence: float

    def page(self, address: str) -> Page:
        """The page at an address.

        Raises:
            BadUrl, NotAllowed: that is no page of a site with page mode.
        """
        url = Url.parse(address).canonical()
        site = self._site(url)
        if not site.page_mode:
            raise NotAllowed(
                f"Page mode is off for {site.name}: istami sites set {site.name} --page-mode.",
                f"قراءة الصفحات غير مفعّلة للموقع {site.name}.",
                field="url",
            )
        return Page(url, site)

    def check_origin(self, page: Page, origin: str | None) -> None:
        """Check that a script's origin may request a page.

        Raises:
            NotAllowed: the origin is not the site's.
        """
        if origin not in page.site.origins:
            raise NotAllowed(
                f"“{origin}” is not an origin of {page.site.name}: "
                f"istami sites set {page.site.name} --origin ORIGIN.",
                f"المصدر «{origin}» ليس من مصادر الموقع {page.site.name}.",
                field="url",
            )

    def owned(self, request: Submission) -> tuple[Url, Site, Submission]:
        """The URL and site of the page that a publisher's request names, and the request for that site.

        Raises:
            BadUrl, NotAllowed: the page is of no site, or of another site than the request names.
        """
        url = Url.parse(request.url or "")
        site = self._site(url)
        if request.site not in {None, site.name}:
            raise _not_a_site(url.host)
        return url, site, replace(request, site=site.name)

    def lasts(self, visit: Visit) -> float:
        """Seconds for which a visit is fresh: a missing page is soon fetched again."""
        return self.refresh if visit.absent is None else min(self.refresh, self.absence)

    def reading(self, page: Page) -> str:
        """Changes when the same page would be read differently: with a new lexicon, for example."""
        rules = f" {page.site.voices}" * page.site.voices.any
        return f"{self.lexicons.stamps(page.site.name)} {page.site.voice}{rules}"

    def _site(self, url: Url) -> Site:
        site = self.sites.of_page(url.host)
        if site is None:
            raise _not_a_site(url.host)
        return site


def _not_a_site(host: str) -> NotAllowed:
    """The error for a host that belongs to no site."""
    return NotAllowed(
        f"Pages of “{host}” are not fetched here. Allow it with `istami sites add {host}`.",
        f"لا تُجلب هنا صفحات «{host}». للسماح بها: `istami sites add {host}`.",
        field="url",
    )
