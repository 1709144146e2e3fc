-- For wrk: ranges of 64 KiB at random places of one recording; at the end, a line of JSON.
local step = 65536
local steps

function init(arguments)
   steps = math.floor(tonumber(arguments[1]) / step)
   math.randomseed(os.time())
end

function request()
   local first = math.random(0, steps - 1) * step
   return wrk.format("GET", nil, { ["Range"] = "bytes=" .. first .. "-" .. first + step - 1 })
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format('{"requests": %d, "bytes": %d, "seconds": %f, "p50": %f, "p99": %f, "errors": %d}\n',
      summary.requests, summary.bytes, summary.duration / 1e6, latency:percentile(50) / 1e3,
      latency:percentile(99) / 1e3,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
