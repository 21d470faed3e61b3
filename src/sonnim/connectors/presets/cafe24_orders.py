"""Cafe24 orders (카페24 주문).

**How to get it.** 쇼핑몰 관리자 › 주문 › 전체 주문 조회 › 엑셀다운로드 › 양식을 골라 다운로드.
Choose a form with at least 주문번호, 주문일시, 주문자ID, 상품명, 수량 and 상품구매금액 (or 판매가).

**What becomes of it.** Each ordered item is an event (`purchase`) with the product as subject,
how many, and what it cost; items whose order status speaks of cancelling give an event `cancel`,
orders with an amount truly given back give `refund`. The member's id stands for the person (else
the e-mail, else the mobile number) and is kept as account.

**What is not read.** Names, addresses, phone numbers and delivery notes are dropped. Shipping fees,
points and coupons stay among the attributes.

**How sure.** Sellers put together their own forms, so columns come and go; names are those of forms
that accounting tools read. Whether 실제 환불금액 stands on each item or on each order is not
documented: where all items of an order show the same amount it counts once, else it is added up.
"""

from sonnim.connectors.expressions import NOTHING_ELSE, is_filled
from sonnim.connectors.preset import Preset, Rows, To

_STATUS = ("주문 상태", "주문상태", "취소구분", "클레임상태")
_NAMES = ("상품명(한국어 쇼핑몰)", "주문상품명", "주문상품명(옵션포함)", "상품명")
_IDS = ("주문자ID", "주문자 ID", "주문자아이디", "회원아이디", "회원ID")
_PERSON = (
    "'cafe24:' || coalesce(nullif({주문자ID?}, ''), nullif({주문자아이디?}, ''), "
    "nullif({회원아이디?}, ''), nullif({주문자 이메일?}, ''), nullif({주문자 휴대전화?}, ''), "
    "{주문번호})"
)
_REFUND = ("실제 환불금액", "실제환불금액", "환불금액")


def _amount(raw: str) -> str:
    return (
        f"TRY_CAST(nullif(regexp_replace(CAST({raw} AS VARCHAR), '[^0-9.-]', '', 'g'), '') "
        "AS DOUBLE)"
    )


PRESET = Preset(
    name="cafe24_orders",
    title="Cafe24 orders",
    title_ko="카페24 주문",
    certain="uncertain",
    needs=(
        ("주문번호",),
        ("품목별 주문번호", "상품품목코드", "상품구매금액(KRW)", "결제일시(입금확인일)"),
        ("주문일시", "주문일", "결제일시(입금확인일)"),
        ("수량",),
        _NAMES,
        (*_IDS, "주문자명"),
    ),
    values=(("주문번호", r"^\d{8}-\d{7}$"),),
    timezone="Asia/Seoul",
    prepare=(
        "SELECT *, row_number() OVER (PARTITION BY {주문번호} ORDER BY {품목별 주문번호?}) "
        "AS item_of_order, CASE WHEN count(DISTINCT {실제 환불금액?}) OVER (PARTITION BY "
        "{주문번호}) <= 1 THEN max(" + _amount("{실제 환불금액?}") + ") OVER (PARTITION BY "
        "{주문번호}) ELSE sum(" + _amount("{실제 환불금액?}") + ") OVER (PARTITION BY {주문번호}) "
        "END AS given_back FROM {scan}"
    ),
    prepared=("item_of_order", "given_back"),
    ignore=(
        "주문자명", "주문자 이메일", "주문자 휴대전화", "주문자 전화번호", "수령인", "수령인 주소",
        "수령인 휴대전화", "수령인 전화번호", "수령인 우편번호", "수령인 상세 주소", "배송메시지",
        "주문자 주소", "주문자 우편번호", "환불계좌", "환불계좌번호", "입금자명", "운송장번호",
    ),
    rows=(
        Rows(
            table="event",
            to=(
                To(column="event_id", names=("품목별 주문번호",)),
                To(column="event_id", sql="concat({주문번호}, '/', {item_of_order})"),
                To(column="time", names=("주문일시", "결제일시(입금확인일)", "주문일")),
                To(column="person_id", sql=_PERSON),
                To(column="type", constant="purchase"),
                To(column="subject", names=_NAMES),
                To(column="value", names=("상품구매금액(KRW)", "상품구매금액")),
                To(column="value", names=("상품구매금액(USD)",)),
                To(column="value", sql=f"{_amount('{판매가}')} * {_amount('{수량}')}"),
                To(column="value", sql=f"{_amount('{상품별 판매가}')} * {_amount('{수량}')}"),
                To(column="currency", sql="concat('USD', left({상품구매금액(USD)}, 0))"),
                To(column="currency", constant="KRW"),
                To(column="quantity", names=("수량",)),
            ),
        ),
        Rows(
            table="event/refund",
            to=(
                To(column="where", sql="{item_of_order} = 1 AND {given_back} > 0"),
                To(column="event_id", sql="{주문번호} || '/refund'"),
                To(column="time", names=("환불완료일", "환불일시", "취소완료일", "취소접수일",
                                         "주문일시", "결제일시(입금확인일)", "주문일")),
                To(column="person_id", sql=_PERSON),
                To(column="type", constant="refund"),
                To(column="value", sql="{given_back}"),
                To(column="currency", constant="KRW"),
                NOTHING_ELSE,
            ),
        ),
        Rows(
            table="event/cancel",
            needs=("where",),
            to=(
                *(To(column="where", sql=f"{{{name}}} LIKE '%취소%'") for name in _STATUS),
                To(column="event_id", names=("품목별 주문번호",)),
                To(column="event_id", sql="concat({주문번호}, '/', {item_of_order}, '/cancel')"),
                To(column="time", names=("취소완료일", "취소접수일", "주문일시",
                                         "결제일시(입금확인일)", "주문일")),
                To(column="person_id", sql=_PERSON),
                To(column="type", constant="cancel"),
                To(column="subject", names=_NAMES),
                To(column="quantity", names=("수량",)),
                NOTHING_ELSE,
            ),
        ),
        Rows(
            table="person",
            to=(To(column="person_id", sql=_PERSON), To(column="kind", constant="customer")),
        ),
        Rows(
            table="account",
            needs=("source_id",),
            to=(
                *(To(column="where", sql=is_filled(f"{{{name}}}")) for name in _IDS),
                To(column="source_id", names=_IDS),
                To(column="person_id", sql=_PERSON),
                To(column="probability", constant="1"),
                To(column="decided_by", constant="source"),
            ),
        ),
    ),
)  # fmt: skip
