################################################################################
# Configuration sets
################################################################################

variable "configuration_sets" {
  description = <<-EOT
    One configuration set for each kind of mail, 1 to 50, by a name of 1 to 30 characters:
    `name` (null: `<name_prefix>-<key>`; for a set that SES has already: its name), `require_tls` (true: a receiver without
    TLS gets nothing), `reputation_metrics` (bounce and complaint rates in CloudWatch), `suppress` (what puts a recipient on
    the account's list: BOUNCE, COMPLAINT, both or none), `max_delivery_seconds` (how long SES tries, 300 to 50400; null: 50400),
    `pool` (a key of dedicated_ip_pools, or the name of a pool that is there; null: SES's shared addresses),
    `tracking` (a `domain` of yours for counted links, `https_policy` OPTIONAL, REQUIRE or REQUIRE_OPEN_ONLY), `vdm`
    (`engagement_metrics`, `optimized_shared_delivery`; null: as the account), and
    `events`, whom SES tells what becomes of the mail: 0 to 10 destinations by name, each with its `types` (default all but
    OPEN and CLICK: for those two SES puts a picture into the mail and rewrites its links) and one of
    `eventbridge` ({}: the default bus), `sns` (`topic_arn`), `firehose` (`stream_arn`, `role_arn`; null: a role is made) and
    `cloudwatch` (`dimensions`: 1 to 10 by name, each with `source` MESSAGE_TAG, EMAIL_HEADER or LINK_TAG and a `default` value;
    default `ses:from-domain`). Default: one destination `events`, the default bus.
  EOT
  type = map(object({
    name                 = optional(string)
    require_tls          = optional(bool, true)
    reputation_metrics   = optional(bool, true)
    suppress             = optional(set(string), ["BOUNCE", "COMPLAINT"])
    max_delivery_seconds = optional(number)
    pool                 = optional(string)
    tracking = optional(object({
      domain       = string
      https_policy = optional(string, "OPTIONAL")
    }))
    vdm = optional(object({
      engagement_metrics        = optional(bool, true)
      optimized_shared_delivery = optional(bool, true)
    }))
    events = optional(map(object({
      types = optional(set(string), [
        "SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "RENDERING_FAILURE", "SUBSCRIPTION",
      ])
      eventbridge = optional(object({}))
      sns         = optional(object({ topic_arn = string }))
      firehose = optional(object({
        stream_arn = string
        role_arn   = optional(string)
      }))
      cloudwatch = optional(object({
        dimensions = optional(map(object({
          source  = optional(string, "MESSAGE_TAG")
          default = optional(string, "none")
        })), { "ses:from-domain" = {} })
      }))
    })), { events = { eventbridge = {} } })
  }))
  default  = { inbound = {} }
  nullable = false

  validation {
    condition     = length(var.configuration_sets) >= 1 && length(var.configuration_sets) <= 50 && alltrue([for kind in keys(var.configuration_sets) : can(regex("^[a-z][a-z0-9_-]{0,29}$", kind))])
    error_message = "configuration_sets: 1 to 50, each named with 1 to 30 lower-case letters, digits, hyphens and underscores, a letter first."
  }

  validation {
    condition = alltrue([for set in values(var.configuration_sets) : set.name == null ? true : can(regex("^[A-Za-z0-9_-]{1,64}$", set.name))]) && (
      length(distinct([for kind, set in var.configuration_sets : coalesce(set.name, "${var.context.name_prefix}-${kind}")])) == length(var.configuration_sets)
    )
    error_message = "configuration_sets: name has 1 to 64 letters, digits, hyphens and underscores, and each set another."
  }

  validation {
    condition = alltrue([
      for kind in compact(concat([var.configuration_set], values(var.domains)[*].configuration_set, values(var.addresses)[*].configuration_set)) : contains(keys(var.configuration_sets), kind)
    ])
    error_message = "configuration_sets: configuration_set, in domains and addresses too, is one of their keys (allowed: ${join(", ", keys(var.configuration_sets))})."
  }

  validation {
    condition     = alltrue([for set in values(var.configuration_sets) : length(setsubtract(set.suppress, ["BOUNCE", "COMPLAINT"])) == 0])
    error_message = "configuration_sets: suppress holds BOUNCE, COMPLAINT, both or nothing."
  }

  validation {
    condition     = alltrue([for set in values(var.configuration_sets) : set.max_delivery_seconds == null ? true : set.max_delivery_seconds >= 300 && set.max_delivery_seconds <= 50400])
    error_message = "configuration_sets: max_delivery_seconds is from 300 to 50400."
  }

  validation {
    condition     = alltrue([for set in values(var.configuration_sets) : set.pool == null ? true : can(regex("^[a-z0-9_-]{1,64}$", set.pool))])
    error_message = "configuration_sets: pool is a key of dedicated_ip_pools (${join(", ", keys(var.dedicated_ip_pools))}) or the name of a pool that is there, 1 to 64 lower-case letters, digits, hyphens and underscores."
  }

  validation {
    condition = alltrue([
      for set in values(var.configuration_sets) : set.tracking == null ? true : anytrue([for domain in concat([var.domain], keys(var.domains)) : endswith(".${set.tracking.domain}", ".${domain}")])
    ])
    error_message = "configuration_sets: tracking.domain must be at or below a domain that may send (${join(", ", concat([var.domain], keys(var.domains)))})."
  }

  validation {
    condition     = alltrue([for set in values(var.configuration_sets) : contains(["OPTIONAL", "REQUIRE", "REQUIRE_OPEN_ONLY"], try(set.tracking.https_policy, "OPTIONAL"))])
    error_message = "configuration_sets: tracking.https_policy is OPTIONAL, REQUIRE or REQUIRE_OPEN_ONLY."
  }

  validation {
    condition = alltrue([
      for set in values(var.configuration_sets) : length(set.events) <= 10 && alltrue([for name in keys(set.events) : can(regex("^[A-Za-z0-9_-]{1,64}$", name))])
    ])
    error_message = "configuration_sets: events holds 0 to 10 destinations, each named with 1 to 64 letters, digits, hyphens and underscores."
  }

  validation {
    condition     = alltrue(flatten([for set in values(var.configuration_sets) : [for destination in values(set.events) : length(setsubtract(destination.types, local.event_types)) == 0]]))
    error_message = "configuration_sets: types of events are any of ${join(", ", local.event_types)}, or none."
  }

  validation {
    condition = alltrue(flatten([for set in values(var.configuration_sets) : [
      for it in values(set.events) : length([for target in [it.eventbridge, it.sns, it.firehose, it.cloudwatch] : true if target != null]) == 1
    ]]))
    error_message = "configuration_sets: each destination of events has exactly one of eventbridge = {}, sns = { topic_arn }, firehose = { stream_arn } and cloudwatch = {}."
  }

  validation {
    condition = alltrue(flatten([for set in values(var.configuration_sets) : [for it in values(set.events) : [
      it.sns == null ? true : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", it.sns.topic_arn)),
      it.firehose == null ? true : can(regex("^arn:[a-z-]+:firehose:[a-z0-9-]+:[0-9]{12}:deliverystream/.+$", it.firehose.stream_arn)),
      try(it.firehose.role_arn, null) == null ? true : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:role/.+$", it.firehose.role_arn)),
    ]]]))
    error_message = "configuration_sets: topic_arn is a standard SNS topic's ARN (SES writes to no FIFO topic), stream_arn a Firehose stream's, role_arn a role's."
  }

  validation {
    condition = alltrue(flatten([for set in values(var.configuration_sets) : [for it in values(set.events) : it.cloudwatch == null ? [] : [
      length(it.cloudwatch.dimensions) >= 1 && length(it.cloudwatch.dimensions) <= 10,
      alltrue([
        for name, dimension in it.cloudwatch.dimensions :
        can(regex("^[A-Za-z0-9_:-]{1,256}$", name)) && can(regex("^[A-Za-z0-9_@.-]{1,256}$", dimension.default)) && contains(["MESSAGE_TAG", "EMAIL_HEADER", "LINK_TAG"], dimension.source)
      ]),
    ]]]))
    error_message = "configuration_sets: cloudwatch has 1 to 10 dimensions of 1 to 256 letters, digits, _, - and :, each with a source (allowed: MESSAGE_TAG, EMAIL_HEADER, LINK_TAG) and a default value (letters, digits, _, -, @ and .)."
  }
}

variable "dedicated_ip_pools" {
  description = <<-EOT
    Pools of addresses that only you send from, 0 to 50, by a name of 1 to 30 characters (`<name_prefix>-<name>`), which cost
    by the month: `scaling_mode` MANAGED (SES adds addresses and warms them up) or STANDARD (you ask AWS for each).
  EOT
  type        = map(object({ scaling_mode = optional(string, "MANAGED") }))
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.dedicated_ip_pools) <= 50 && alltrue([for name in keys(var.dedicated_ip_pools) : can(regex("^[a-z][a-z0-9_-]{0,29}$", name))])
    error_message = "dedicated_ip_pools: 0 to 50, each named with 1 to 30 lower-case letters, digits, hyphens and underscores, a letter first."
  }

  validation {
    condition     = alltrue([for pool in values(var.dedicated_ip_pools) : contains(["MANAGED", "STANDARD"], pool.scaling_mode)])
    error_message = "dedicated_ip_pools: scaling_mode is MANAGED or STANDARD."
  }
}
