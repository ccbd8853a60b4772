################################################################################
# DNS: the hosted zone, where Route 53 is used; each capability makes its records
################################################################################

resource "aws_route53_zone" "this" {
  #checkov:skip=CKV2_AWS_38:DNSSEC needs a key in us-east-1 and a DS record above the zone, which only the domain's owner can add
  #checkov:skip=CKV2_AWS_39:the names are public and few; a query log would hold other people's resolvers
  for_each = toset(compact([try(var.route53_zone.create, null)]))

  # No force_destroy: our records go by themselves, and those of others are not ours to delete.
  name    = each.value
  comment = "Mailroom, ${var.environment}"
}

# Its name is checked where the domains are given (variables.tf). A postcondition here would have it read at apply only.
data "aws_route53_zone" "joined" {
  for_each = toset(compact([try(var.route53_zone.join, null)]))

  zone_id = each.value
}

locals {
  zone_name = var.route53_zone == null ? null : trimsuffix(try(values(data.aws_route53_zone.joined)[0].name, coalesce(var.route53_zone.create, "-")), ".")

  # An object and not the bare id: whether there is a zone, and its name, are known at plan, its id only after apply.
  route53_zone = var.route53_zone == null ? null : {
    id   = var.route53_zone.create == null ? var.route53_zone.join : one(values(aws_route53_zone.this)).zone_id
    name = local.zone_name
  }

  delegations = flatten([
    for domain, zone in aws_route53_zone.this : [
      for number in range(4) : {
        name  = domain
        type  = "NS"
        ttl   = 172800
        value = zone.name_servers[number]
        why   = "NS ${number + 1} of 4, at the provider of the domain above: Route 53 answers for ${domain}"
        made  = false
      }
    ]
  ])
}
