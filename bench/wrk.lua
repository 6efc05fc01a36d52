-- Posts the first argument where there is one, and prints what wrk counted as one JSON line.
local signs = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

local function id()
  local made = {}
  for at = 1, 16 do
    local sign = math.random(#signs)
    made[at] = signs:sub(sign, sign)
  end
  return table.concat(made)
end

function init(arguments)
  local body = arguments[1] or ""
  if body == "" then return end
  wrk.method, wrk.body = "POST", body
  wrk.headers["Content-Type"] = "application/json"
  if not body:find("@ID@", 1, true) then return end
  math.randomseed(os.time())
  request = function() return wrk.format(nil, nil, nil, (body:gsub("@ID@", id))) end
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format('{"requests": %d, "rate": %.2f, "p50": %.3f, "p99": %.3f, "failed": %d}',
    summary.requests, summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
