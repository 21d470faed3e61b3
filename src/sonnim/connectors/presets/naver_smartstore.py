"""Naver SmartStore reviews (네이버 스마트스토어 리뷰).

**How to get it.** 스마트스토어센터 › 문의/리뷰관리 › 리뷰 관리 › 기간을 정해 조회 › 엑셀다운.
The sheet may be opened with a password in the seller centre's newer exports: take it off first.

**What becomes of it.** Each review is a message (`review`, `public`) with the buyer's stars from 1
to 5, the product as subject, the (masked) name of the buyer, and how many found it helpful. The
seller's answer, where the sheet has it, is a message of its own (`reply`, `out`).

**What is not read.** Photos and videos; what kind of review it is and the order's number stay among
the attributes. Buyers' names are masked (`김*`, `abcd****`): different people may share one, so the
person is told by that name only together with the order's number where there is one.

**How sure.** The names of the columns are those of sheets that sellers' tools read; Naver does not
document them and has changed some (구매자평점, 리뷰상세내용; earlier 평점, 리뷰내용).
"""

from sonnim.connectors.expressions import NOTHING_ELSE, is_filled
from sonnim.connectors.preset import Preset, Rows, To

_ANSWER = ("답글내용", "판매자답글", "판매자 답글내용", "댓글내용")

PRESET = Preset(
    name="naver_smartstore",
    title="Naver SmartStore reviews",
    title_ko="네이버 스마트스토어 리뷰",
    certain="observed",
    needs=(
        ("구매자평점", "평점"),
        ("리뷰상세내용", "리뷰내용"),
        ("리뷰등록일", "등록일시", "리뷰작성일"),
        ("상품명",),
        ("리뷰글번호", "리뷰구분", "상품주문번호", "도움수"),
    ),
    values=(("구매자평점|평점", r"^\s*([0-5](\.0)?|[★☆]{5})\s*점?\s*$"),),
    timezone="Asia/Seoul",
    rows=(
        Rows(
            table="message",
            to=(
                To(column="message_id", names=("리뷰글번호",)),
                To(column="time", names=("리뷰등록일", "등록일시", "리뷰작성일")),
                To(
                    column="person_id",
                    sql="'naver:' || {등록자} || coalesce('/' || {상품주문번호}, '')",
                ),
                To(column="person_id", names=("등록자", "구매자명", "작성자")),
                To(column="channel", constant="naver_smartstore"),
                To(column="kind", constant="review"),
                To(column="direction", constant="public"),
                To(column="text", names=("리뷰상세내용", "리뷰내용")),
                To(column="rating", names=("구매자평점", "평점")),
                To(column="rating_min", constant="1"),
                To(column="rating_max", constant="5"),
                To(column="thread_id", names=("리뷰글번호",)),
                To(column="subject", names=("상품명",)),
                To(column="likes", names=("도움수", "리뷰도움수")),
            ),
        ),
        Rows(
            table="message/reply",
            needs=("text", "message_id"),
            to=(
                *(To(column="where", sql=is_filled(f"{{{name}}}")) for name in _ANSWER),
                To(column="message_id", names=("리뷰글번호",)),
                To(column="time", names=("답글등록일", "답글작성일", "판매자답글등록일")),
                To(column="time", names=("리뷰등록일", "등록일시", "리뷰작성일")),
                To(column="channel", constant="naver_smartstore"),
                To(column="kind", constant="reply"),
                To(column="direction", constant="out"),
                To(column="text", names=_ANSWER),
                To(column="thread_id", names=("리뷰글번호",)),
                To(column="reply_to", names=("리뷰글번호",)),
                To(column="subject", names=("상품명",)),
                NOTHING_ELSE,
            ),
        ),
    ),
)
