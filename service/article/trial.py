"""Tests on a sample page whether this machine can read pages, for ``istami doctor`` and ``/readyz``."""

from __future__ import annotations

from importlib.metadata import version

from service.article.page import from_html
from service.model.errors import MissingPart

_BODY = (
    "افتتحت البلدية صباح اليوم مكتبة الحي بعد أن ظلت مغلقة عامين كاملين.",
    "وقال مديرها إن القراء سيجدون فيها كتبا جديدة وقاعة للأطفال.",
)
_PAGE = (
    '<html lang="ar"><head><title>مكتبة الحي</title></head><body><nav>الرئيسية</nav>'
    "<article><h1>مكتبة الحي</h1>"
    f"{''.join(f'<p>{each}</p>' for each in _BODY)}</article></body></html>"
)


def reads() -> str:
    """Read a page of known text.

    Returns:
        The library that reads pages, with its version.

    Raises:
        MissingPart: it is incompletely installed, or extracts another text.
    """
    text = from_html(_PAGE, max_characters=1000).text
    if not all(each in text for each in _BODY):
        raise MissingPart(
            "A test page was not extracted correctly: reinstall istami with the versions it requires.",
            "قُرئت صفحة معروفة النص على غير وجهها: أعد تثبيت istami بالإصدارات التي يطلبها.",
        )
    return f"trafilatura {version('trafilatura')}"
