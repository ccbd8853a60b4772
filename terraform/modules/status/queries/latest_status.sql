-- The latest status of each message and recipient: the most severe, not the last to arrive, as in the table.
WITH
${told},
weighed AS (
  SELECT
    *,
    CASE
      -- Of two final events of an SMS the later one counts, at a tie the failure; an opt-out counts always.
      WHEN channel = 'sms' THEN if(status = 'optout', 2, if(final, 1, 0))
      ELSE array_position(ARRAY[
        'send', 'delayed', 'delivered', 'open', 'click', 'unsubscribe', 'softbounce', 'rendering_failure', 'rejected', 'hardbounce', 'complaint'
      ], status)
    END AS weight,
    max(if(status IN ('delivered', 'open', 'click', 'unsubscribe'), at)) OVER (PARTITION BY message_id, recipient) AS arrived,
    min(at) OVER (PARTITION BY message_id, recipient, status) AS since
  FROM told
),
ordered AS (
  SELECT
    *,
    row_number() OVER (PARTITION BY message_id, recipient ORDER BY weight DESC, at DESC, status = 'failure' DESC) AS place
  FROM weighed
  -- A bounce for the time being is over once the mail has arrived.
  WHERE NOT (status = 'softbounce' AND arrived IS NOT NULL AND arrived > at)
)
SELECT message_id, recipient, channel, status, since AS status_at, reason
FROM ordered
WHERE place = 1
ORDER BY since DESC
