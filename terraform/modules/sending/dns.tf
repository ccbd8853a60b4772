################################################################################
# DMARC
################################################################################

locals {
  # Who may not send says so in the same way, and its reports go where those of the others go.
  dmarc = merge(
    { for domain, it in local.domains : domain => it.dmarc },
    { for domain in keys(var.unused_domains) : domain => merge(var.dmarc, local.unused_policy) },
  )

  unused_policy = { policy = "reject", subdomain_policy = null, nonexistent_policy = null, testing = false, psd = null }

  dmarc_tags = {
    for domain, dmarc in local.dmarc : domain => {
      v     = "DMARC1"
      p     = dmarc.policy
      sp    = dmarc.subdomain_policy
      np    = dmarc.nonexistent_policy
      t     = dmarc.testing ? "y" : null
      psd   = dmarc.psd
      adkim = dmarc.strict_dkim ? "s" : null
      aspf  = dmarc.strict_spf ? "s" : null
      fo    = dmarc.failure_options
      rua   = length(dmarc.report_addresses) > 0 ? join(",", [for address in dmarc.report_addresses : "mailto:${address}"]) : null
      ruf   = length(dmarc.failure_report_addresses) > 0 ? join(",", [for address in dmarc.failure_report_addresses : "mailto:${address}"]) : null
    }
  }

  # In this order: v must come first (RFC 9989, section 4.7), and readers of before 2026 want p second.
  dmarc_values = {
    for domain, tags in local.dmarc_tags : domain => join("; ", [
      for tag in ["v", "p", "sp", "np", "t", "psd", "adkim", "aspf", "fo", "rua", "ruf"] : "${tag}=${tags[tag]}" if tags[tag] != null
    ])
  }

  # Reports about one domain that go to another need that one's word, unless both have one organizational domain
  # (RFC 9990, section 4). That is the highest name with a DMARC record (RFC 9989, section 4.10), and of those above both only
  # ours are known here; a record too many does no harm.
  authorisations = merge([
    for domain, dmarc in local.dmarc : {
      for host in distinct([for address in concat(dmarc.report_addresses, dmarc.failure_report_addresses) : lower(try(split("@", address)[1], ""))]) :
      "${domain}/report_to_${host}" => { domain = domain, host = host } if !anytrue([
        for above in keys(local.dmarc) : endswith(".${host}", ".${above}") && endswith(".${domain}", ".${above}")
      ])
    }
  ]...)
}

################################################################################
# Records, by a key that says whose and what; `zone` is a name whose zone they belong to
################################################################################

locals {
  # AWS General Reference, "Amazon SES endpoints and quotas", DKIM domains: these Regions have their own.
  dkim_domain = contains(local.own_dkim_domain_regions, var.context.region) ? "dkim.${var.context.region}.amazonses.com" : "dkim.amazonses.com"
  own_dkim_domain_regions = [
    "af-south-1", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-5", "ca-west-1", "eu-central-2",
    "eu-south-1", "il-central-1", "me-central-1", "us-gov-east-1",
  ]

  # Three tokens, always (Easy DKIM); their text is known after apply, their number before.
  easy_dkim_records = merge([
    for domain in keys(local.easy_dkim) : {
      for number in range(3) : "${domain}/dkim_${number + 1}" => {
        zone  = domain
        name  = "${aws_sesv2_email_identity.this[domain].dkim_signing_attributes[0].tokens[number]}._domainkey.${domain}"
        type  = "CNAME"
        value = "${aws_sesv2_email_identity.this[domain].dkim_signing_attributes[0].tokens[number]}.${local.dkim_domain}"
        why   = "DKIM ${number + 1} of 3: proves that the domain is yours and signs its mail"
      }
    }
  ]...)

  domain_records = merge([
    for domain in keys(local.domains) : {
      "${domain}/mail_from_mx" = {
        zone  = domain
        name  = local.mail_from[domain]
        type  = "MX"
        value = "10 feedback-smtp.${var.context.region}.amazonses.com"
        why   = "MAIL FROM: bounces come back to SES"
      }
      "${domain}/mail_from_spf" = {
        zone  = domain
        name  = local.mail_from[domain]
        type  = "TXT"
        value = "v=spf1 include:amazonses.com ~all"
        why   = "SPF: SES may send for the MAIL FROM domain"
      }
    }
  ]...)

  unused_records = merge([
    for domain in keys(var.unused_domains) : {
      "${domain}/no_mx" = {
        zone  = domain
        name  = domain
        type  = "MX"
        value = "0 ."
        why   = "Null MX (RFC 7505): the domain takes no mail"
      }
      "${domain}/no_spf" = {
        zone  = domain
        name  = domain
        type  = "TXT"
        value = "v=spf1 -all"
        why   = "SPF: nobody may send for the domain"
      }
    }
  ]...)

  records = merge(local.easy_dkim_records, local.domain_records, local.unused_records,
    {
      for domain, dkim in local.own_dkim : "${domain}/dkim_own" => {
        zone  = domain
        name  = "${dkim.selector}._domainkey.${domain}"
        type  = "TXT"
        value = "v=DKIM1; k=rsa; p=${dkim.public_key}"
        why   = "DKIM, your own key: proves that the domain is yours and signs its mail"
      }
    },
    {
      for domain, value in local.dmarc_values : "${domain}/dmarc" => {
        zone  = domain
        name  = "_dmarc.${domain}"
        type  = "TXT"
        value = value
        why   = "DMARC: what receivers do with mail that claims the domain and proves nothing"
      }
    },
    {
      # The semicolon is for readers of before 2026 (RFC 7489), who want it.
      for key, it in local.authorisations : key => {
        zone  = it.host
        name  = "${it.domain}._report._dmarc.${it.host}"
        type  = "TXT"
        value = "v=DMARC1;"
        why   = "DMARC reports: ${it.host} takes those about ${it.domain}; without it receivers send none there"
      }
    },
    {
      for kind, set in var.configuration_sets : "${set.tracking.domain}/tracking" => {
        zone  = set.tracking.domain
        name  = set.tracking.domain
        type  = "CNAME"
        value = "r.${var.context.region}.awstrack.me"
        why   = "Tracking: opens and clicks of the kind ${kind} are counted at your own name"
      } if try(set.tracking.https_policy, "") == "OPTIONAL"
    },
  )
}

################################################################################
# Route 53: the zone of the longest name that a record is at or below
################################################################################

locals {
  # An own zone's id is text from the file, the environment's may be known after apply; the names are known before.
  zone_ids = merge(
    { for zone in var.route53_zone[*] : zone.name => zone.id },
    { for domain, own in merge(local.said, var.unused_domains) : domain => own.route53_zone_id if own.route53_zone_id != null },
  )

  zones_above = { for key, record in local.records : key => [for zone in keys(local.zone_ids) : zone if endswith(".${record.zone}", ".${zone}")] }

  zone_of = {
    for key, zones in local.zones_above : key => one([
      for zone in zones : zone if length(zone) == max([for name in zones : length(name)]...)
    ]) if length(zones) > 0
  }
}

resource "aws_route53_record" "this" {
  for_each = local.zone_of

  zone_id = local.zone_ids[each.value]
  name    = local.records[each.key].name
  type    = local.records[each.key].type
  ttl     = var.dns_ttl_seconds

  # A text of more than 255 characters is several in a row (RFC 1035, section 3.3.14).
  records = [join("\"\"", regexall(".{1,255}", local.records[each.key].value))]
}
