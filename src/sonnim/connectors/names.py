"""Names that exports give their columns, in Korean and English, by what they mean for us."""

import re

# Order matters within a table: the first role whose name fits a column takes it.
ROLES: dict[str, tuple[str, ...]] = {
    "id": (
        "id", "reviewid", "messageid", "ticketid", "tweetid", "answerid", "eventid", "orderid",
        "commentid", "responseid", "respondentid", "uuid", "리뷰id", "리뷰번호", "접수번호",
        "주문번호", "응답번호", "문의번호", "번호", "글번호", "아이디", "게시물id", "게시글id",
        "메시지id", "메시지번호",
    ),
    "time": (
        "time", "date", "datetime", "timestamp", "createdat", "created", "at", "reviewdate",
        "submittedat", "submitted", "submitdate", "postedat", "published", "publishedat",
        "orderdate", "purchasedate", "responsedate", "createddate", "completedat", "작성일",
        "작성일시", "작성시간", "등록일", "등록일시", "날짜", "일자", "일시", "접수일", "접수일시",
        "응답일", "응답일시", "주문일", "주문일시", "결제일", "결제일시", "시간", "게시일",
    ),
    "person": (
        "person", "personid", "user", "userid", "username", "author", "authorid", "customer",
        "customerid", "customerno", "member", "memberid", "reviewer", "respondent", "requester",
        "from", "nickname", "고객번호", "고객", "고객id", "회원번호", "회원id", "작성자",
        "작성자id", "사용자", "사용자id", "닉네임", "응답자", "이름",
    ),
    "text": (
        "text", "content", "contents", "review", "reviewtext", "body", "message", "comment",
        "comments", "description", "verbatim", "feedback", "opinion", "내용", "리뷰", "리뷰내용",
        "문의내용", "의견", "본문", "후기", "댓글", "상담내용", "메시지", "주관식", "자유의견",
        "사유",
    ),
    "title": ("title", "subjectline", "headline", "reviewtitle", "제목"),
    "rating": (
        "rating", "stars", "star", "score", "starrating", "reviewscore", "별점", "평점", "점수",
        "별점수",
    ),
    "nps": (
        "nps", "npsscore", "recommend", "recommendation", "likelihoodtorecommend", "추천의향",
        "추천점수", "추천도", "순추천지수", "추천",
    ),
    "csat": ("csat", "csatscore", "satisfaction", "overallsatisfaction", "만족도", "종합만족도"),
    "ces": ("ces", "cesscore", "effort", "easeofuse", "노력지수", "고객노력도", "편의성"),
    "value": (
        "amount", "value", "price", "total", "totalamount", "revenue", "sales", "금액",
        "결제금액", "주문금액", "판매가", "매출", "총액",
    ),
    "quantity": ("quantity", "qty", "units", "count", "수량", "개수", "주문수량"),
    "currency": ("currency", "통화"),
    "type": ("type", "event", "eventtype", "action", "이벤트", "유형"),
    "unit": (
        "unit", "branch", "store", "shop", "location", "department", "team", "지점", "매장",
        "지점명", "매장명", "부서", "점포",
    ),
    "subject": (
        "subject", "product", "productname", "item", "itemname", "movie", "movieid", "app",
        "brand", "menu", "상품", "상품명", "제품", "제품명", "영화", "메뉴", "품목",
    ),
    "channel": ("channel", "platform", "medium", "origin", "채널", "경로", "접수채널"),
    "language": ("language", "lang", "locale", "언어"),
    "url": ("url", "link", "permalink", "주소", "링크"),
    "likes": (
        "likes", "likecount", "thumbsup", "thumbsupcount", "helpful", "favorites", "좋아요",
        "좋아요수", "공감", "공감수", "추천수",
    ),
    "shares": ("shares", "retweets", "retweetcount", "reposts", "공유", "공유수"),
    "views": ("views", "viewcount", "impressions", "조회", "조회수"),
    "thread": (
        "thread", "threadid", "conversation", "conversationid", "대화id", "대화번호", "상담번호",
    ),
    "reply_to": (
        "replyto", "inreplyto", "inresponseto", "inresponsetotweetid", "parentid", "답글대상",
        "상위글id", "원글번호",
    ),
    "share_of": (
        "shareof", "sharedfrom", "retweetof", "retweetedstatusid", "reblogof", "reblogofid",
        "repostof", "quotedstatusid", "공유원글", "공유대상", "원본글id",
    ),
    "direction": ("direction", "inbound", "방향"),
    "touchpoint": ("touchpoint", "접점"),
    "survey": ("survey", "surveyname", "조사명", "설문", "설문명"),
    "wave": ("wave", "round", "회차", "차수"),
}  # fmt: skip


RESERVED = ("sonnim_row", "sonnim_reason", "sonnim_raw")
"""Columns that are added to raw ones (`connectors/base.py`, `connectors/shape.py`)."""


def normal(name: str) -> str:
    """A column name without case, spaces and signs.

    Example:
        >>> normal("Review ID"), normal("작성 일시 "), normal("thumbsUpCount")
        ('reviewid', '작성일시', 'thumbsupcount')
    """
    return re.sub(r"[\W_]+", "", name).lower()


def role_of(name: str) -> tuple[str, float]:
    """What a column of that name most likely is, and how sure: 1 exact, .7 as a part, 0 unknown."""
    plain = normal(name)
    for role, names in ROLES.items():
        if plain in names:
            return role, 1.0
    best: tuple[str, float] = ("", 0.0)
    longest = 0
    for role, names in ROLES.items():
        for known in names:
            # Two Hangul syllables are a word; two Latin letters are not.
            enough = len(known) >= (2 if known >= "가" else 4)
            if (
                enough
                and len(known) > longest
                and (plain.endswith(known) or plain.startswith(known))
            ):
                best, longest = (role, 0.7), len(known)
    return best


def unique_names(names: list[str]) -> list[str]:
    """Column names made unique and not empty: a repeated name gets _2, _3…

    Example:
        >>> unique_names(["a", "a", ""])
        ['a', 'a_2', 'column_3']
    """
    seen: set[str] = set()
    made = []
    for position, name in enumerate(names, start=1):
        base = name.strip().replace("\x00", "") or f"column_{position}"
        candidate, number = base, 1
        while candidate.lower() in seen or candidate.lower() in RESERVED:
            number += 1
            candidate = f"{base}_{number}"
        seen.add(candidate.lower())
        made.append(candidate)
    return made
