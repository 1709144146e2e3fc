"""Which pages may become articles, who may ask for them, and how often."""

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
    """What publishers allow.

    Args:
        sites: whose pages may be fetched, and who may ask.
        lexicons: whose change has pages read anew.
        quotas: what a site may use up in a day.
        pace: how often a reader may ask for a new page.
        refresh: seconds after which a page is looked at again.
        absence: the same for one that was absent, where that is sooner.
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
        """Let scripts of a page's site ask for it.

        Raises:
            NotAllowed: the origin is not the site's.
        """
        if origin not in page.site.origins:
            raise NotAllowed(
                f"“{origin}” is no origin of {page.site.name}: "
                f"istami sites set {page.site.name} --origin ORIGIN.",
                f"المصدر «{origin}» ليس من مصادر الموقع {page.site.name}.",
                field="url",
            )

    def owned(self, request: Submission) -> tuple[Url, Site, Submission]:
        """The page that a publisher's request names, its site, and the request as that site's.

        Raises:
            BadUrl, NotAllowed: the page is of no site, or of another than the request says.
        """
        url = Url.parse(request.url or "")
        site = self._site(url)
        if request.site not in {None, site.name}:
            raise _not_a_site(url.host)
        return url, site, replace(request, site=site.name)

    def lasts(self, visit: Visit) -> float:
        """Seconds for which a visit counts as fresh: one that found nothing is soon made again."""
        return self.refresh if visit.absent is None else min(self.refresh, self.absence)

    def reading(self, page: Page) -> str:
        """Changes when the same page would be read otherwise: with the site's words, say."""
        return f"{self.lexicons.stamps(page.site.name)} {page.site.voice}"

    def _site(self, url: Url) -> Site:
        site = self.sites.of_page(url.host)
        if site is None:
            raise _not_a_site(url.host)
        return site


def _not_a_site(host: str) -> NotAllowed:
    """Nobody has allowed pages of this host."""
    return NotAllowed(
        f"Pages of “{host}” are not fetched here. Allow it with `istami sites add {host}`.",
        f"لا تُجلب هنا صفحات «{host}». للسماح بها: `istami sites add {host}`.",
        field="url",
    )
