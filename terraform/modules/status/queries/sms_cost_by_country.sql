-- What SMS cost by country, in USD. Each event of a message names its price so far, so the last one counts.
WITH
priced AS (
  SELECT
    coalesce(json_extract_scalar(detail, '$.messageId'), json_extract_scalar(attributes, '$.message_id')) AS message_id,
    coalesce(json_extract_scalar(detail, '$.isoCountryCode'), json_extract_scalar(attributes, '$.iso_country_code'), '?') AS country,
    coalesce(
      CAST(json_extract_scalar(detail, '$.totalMessageParts') AS bigint),
      CAST(json_extract_scalar(attributes, '$.number_of_message_parts') AS bigint), 1
    ) AS parts,
    coalesce(
      CAST(json_extract_scalar(detail, '$.totalMessagePrice') AS double),
      CAST(json_extract_scalar(metrics, '$.price_in_millicents_usd') AS double) / 100000, 0
    ) AS price,
    coalesce(CAST(json_extract_scalar(detail, '$.totalCarrierFee') AS double), 0) AS carrier_fee,
    coalesce(CAST(json_extract_scalar(detail, '$.eventTimestamp') AS double), CAST(event_timestamp AS double)) AS at
  FROM events
  WHERE day >= date_format(current_date - INTERVAL '${days}' DAY, '%Y-%m-%d')
    AND (source = 'sms' OR (source = 'pinpoint' AND event_type LIKE '\_SMS.%' ESCAPE '\'))
),
messages AS (
  SELECT
    message_id,
    max_by(country, at) AS country,
    max_by(parts, at) AS parts,
    max_by(price, at) AS price,
    max_by(carrier_fee, at) AS carrier_fee
  FROM priced
  WHERE message_id IS NOT NULL
  GROUP BY message_id
)
SELECT
  country,
  count(*) AS messages,
  sum(parts) AS parts,
  round(sum(price), 5) AS price_usd,
  round(sum(carrier_fee), 5) AS carrier_fees_usd,
  round(sum(price + carrier_fee), 5) AS total_usd
FROM messages
GROUP BY country
ORDER BY total_usd DESC
