"""What the read-only interface for programs says: why it does not answer, and its page of
documentation."""

from __future__ import annotations

Pair = tuple[str, str]

UNREADABLE: Pair = (
    "参数{name}无法识别。可用的参数见/api/v1/。",
    "The parameter {name} cannot be read. What can be asked stands at /api/v1/.",
)
TYPED: Pair = (
    "“{label}”是填写的内容，不能写在地址里。请在列表页查询，再把所得地址中的asked参数带到这里。",
    "{label}: what is typed may not stand in an address. Search on the list page, and bring the"
    " parameter asked of its address here.",
)
SIZE: Pair = ("每页1至{most}条。", "A page has 1 to {most} rows.")
DEEP: Pair = (
    "第{n}页超出可翻页的范围，请缩小查询条件或导出。",
    "Page {n} is further than one can turn: narrow the search, or export it.",
)
COLUMNS: Pair = ("没有这一列：{name}。", "There is no such column: {name}.")

TITLE: Pair = ("数据接口（只读）", "Data interface (read-only)")
INTRO: Pair = (
    "登录后用浏览器会话以GET读取；看到的行、列和遮盖与页面导出相同，每次读取记入查阅日志。",
    "Read with GET and the session of a browser that has logged in. Rows, columns and covering are"
    " those of an export; each read stands in the access log.",
)
HEADS: tuple[Pair, ...] = (
    ("表", "Table"),
    ("地址", "Address"),
    ("列", "Columns"),
    ("查询参数", "Parameters"),
    ("排序", "Order"),
)
DOCUMENT: Pair = ("OpenAPI文档", "OpenAPI document")
HOW: tuple[Pair, ...] = (
    (
        "分页：page从0起，size最多100；排序：order为列名，way为asc或desc。",
        "Pages: page counts from 0, size is 100 at most. Order: order is a column, way is asc or desc.",
    ),
    (
        "填写的文字和数字不写在地址里：在列表页查询，把所得地址中的asked带来，只在本次登录内有效。",
        "Typed words and numbers stand in no address: search on the list page and bring asked from"
        " its address; it holds for this login only.",
    ),
    (
        "也可用Flask-AppBuilder的q参数（Rison或JSON）：filters、order_column、order_direction、page、page_size、columns。",
        "The parameter q of Flask-AppBuilder (Rison or JSON) is read too: filters, order_column,"
        " order_direction, page, page_size, columns.",
    ),
)
