window.YTD.tweets.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "190001"
          ],
          "editableUntil": "2026-03-01T01:00:00.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://x.example\">X</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "30"
      ],
      "favorite_count": "31",
      "id_str": "190001",
      "truncated": false,
      "retweet_count": "4",
      "id": "190001",
      "created_at": "Sun Mar 01 00:00:00 +0000 2026",
      "favorited": false,
      "full_text": "Tea &amp; buns: new menu from today",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "retweeted": false,
      "source": "<a href=\"https://x.example\">X</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [
          {
            "name": "Mina",
            "screen_name": "mina_p",
            "indices": [
              "0",
              "7"
            ],
            "id_str": "55",
            "id": "55"
          },
          {
            "name": "Jo",
            "screen_name": "jo",
            "indices": [
              "8",
              "11"
            ],
            "id_str": "56",
            "id": "56"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "40"
      ],
      "favorite_count": "0",
      "in_reply_to_status_id_str": "190001",
      "id_str": "190005",
      "in_reply_to_user_id": "55",
      "truncated": false,
      "retweet_count": "0",
      "id": "190005",
      "in_reply_to_status_id": "190001",
      "created_at": "Sun Mar 01 03:30:15 +0000 2026",
      "favorited": false,
      "full_text": "@mina_p @jo 네, 채식 메뉴도 있어요",
      "lang": "ko",
      "in_reply_to_screen_name": "mina_p",
      "in_reply_to_user_id_str": "55"
    }
  }
]
