"""Coupang reviews (쿠팡 상품평).

**How to get it.** Coupang Wing shows reviews (쿠팡 윙 › 고객관리 › 상품평) but has no documented
download of their text; sellers copy them by tools that write one row a review, as XLSX or CSV.

**What becomes of it.** Each review is a message (`review`, `public`) with stars from 1 to 5, its
headline as title, the product as subject, and how many it helped as likes.

**What is not read.** Answers to the survey below a review (맛, 사이즈…) and photos; they stay among
the attributes. Where the table has no number of the review, reviews are told by their content.

**How sure.** Not sure: the layout is that of several tools, which differ; hence the variants. The
buyer's name may be masked, so two buyers may be taken for one.
"""

from sonnim.connectors.preset import Preset, Rows, To

PRESET = Preset(
    name="coupang_reviews",
    title="Coupang reviews",
    title_ko="쿠팡 상품평",
    certain="uncertain",
    needs=(
        ("상품평", "상품평 내용", "리뷰내용", "리뷰 내용"),
        ("평점", "별점", "구매자 평점"),
        ("등록상품ID", "노출상품ID", "옵션ID", "Vendor Item ID", "벤더아이템ID", "판매자상품코드"),
        ("작성일", "상품평 작성일", "등록일", "작성일자", "리뷰작성일"),
    ),
    values=(("평점|별점|구매자 평점", r"^\s*([0-5](\.0)?|[★☆]{5})\s*점?\s*$"),),
    timezone="Asia/Seoul",
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", names=("상품평번호", "상품평 번호", "리뷰ID", "리뷰번호")),
                To(
                    column="time",
                    names=("작성일", "상품평 작성일", "등록일", "작성일자", "리뷰작성일"),
                ),
                To(column="person_id", names=("구매자명", "구매자", "작성자", "고객명")),
                To(column="channel", constant="coupang"),
                To(column="kind", constant="review"),
                To(column="direction", constant="public"),
                To(
                    column="text",
                    names=("상품평 내용", "상품평", "리뷰내용", "리뷰 내용"),
                ),
                To(column="title", names=("상품평 제목", "제목", "리뷰 제목", "헤드라인")),
                To(column="rating", names=("평점", "별점", "구매자 평점")),
                To(column="rating_min", constant="1"),
                To(column="rating_max", constant="5"),
                To(column="subject", names=("등록상품명", "노출상품명", "상품명")),
                To(column="likes", names=("도움수", "도움이 됨", "도움됨")),
            ),
        ),
    ),
)
