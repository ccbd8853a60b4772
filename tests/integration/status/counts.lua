-- wrk counts errors, not answers by their status: this does. The argument is how long each connection rests
-- between two requests, in milliseconds. The last line that it prints is JSON.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  rest = tonumber(arguments[1] or "0")
  seen, counts = {}, ""
  if rest > 0 then
    function delay()
      return rest
    end
  end
end

function response(status)
  seen[status] = (seen[status] or 0) + 1
  local parts = {}
  for code, number in pairs(seen) do
    table.insert(parts, string.format('"%d": %d', code, number))
  end
  counts = table.concat(parts, ", ")
end

function done(summary)
  local failed = summary.errors
  local errors = failed.connect + failed.read + failed.write + failed.timeout
  print(string.format('{"errors": %d, "statuses": {%s}}', errors, threads[1]:get("counts")))
end
