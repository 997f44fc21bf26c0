-- Walks a list of request paths, one a line, and reports what came back as one line of JSON.
-- Arguments after the address: the file of paths, and the Accept header.

local requests, place = {}, 0

function init(args)
  for path in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", path, {["Accept"] = args[2]})
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '\nREPORT {"requests": %d, "microseconds": %d, "median": %d, "p99": %d, "refused": %d, ' ..
    '"broken": %d, "late": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write, errors.timeout))
end
