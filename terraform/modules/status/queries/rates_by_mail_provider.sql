-- How each mail provider takes our mail. A provider is known by the recipient's domain; many share one.
WITH
${told},
mails AS (
  SELECT
    message_id,
    recipient,
    split_part(recipient, '@', 2) AS domain,
    bool_or(status IN ('delivered', 'open', 'click', 'unsubscribe')) AS delivered,
    bool_or(status = 'hardbounce') AS bounced,
    bool_or(status = 'softbounce') AS deferred,
    bool_or(status = 'complaint') AS complained
  FROM told
  WHERE channel = 'email' AND recipient <> '*'
  GROUP BY message_id, recipient
),
named AS (
  SELECT
    *,
    CASE
      WHEN regexp_like(domain, '^(gmail|googlemail)\.com$') THEN 'Gmail'
      WHEN regexp_like(domain, '^(outlook|hotmail|live|msn|passport)\.') THEN 'Outlook'
      WHEN regexp_like(domain, '^(yahoo|ymail|rocketmail|aol|myyahoo)\.') THEN 'Yahoo'
      WHEN regexp_like(domain, '^(icloud|me|mac)\.com$') THEN 'iCloud'
      WHEN regexp_like(domain, '^(gmx|web|mail)\.(de|net|com|at|ch)$') THEN 'GMX and WEB.DE'
      ELSE domain
    END AS provider
  FROM mails
)
SELECT
  provider,
  count(*) AS mails,
  round(100e0 * count_if(delivered) / count(*), 2) AS delivered_percent,
  round(100e0 * count_if(bounced) / count(*), 2) AS bounced_percent,
  round(100e0 * count_if(deferred AND NOT delivered) / count(*), 2) AS deferred_percent,
  round(100e0 * count_if(complained) / greatest(count_if(delivered), 1), 3) AS complaint_percent
FROM named
GROUP BY provider
ORDER BY mails DESC
LIMIT 100
