-- Asks for the addresses of a file one after the other, so that no single one is hot, and prints what came of it as
-- one line of JSON. Arguments: the file, with one path a line, and optionally the encodings to accept.

local requests = {}
local place = 0

function init(args)
   if args[2] then
      wrk.headers["Accept-Encoding"] = args[2]
   end
   for path in io.lines(args[1]) do
      requests[#requests + 1] = wrk.format("GET", path)
   end
end

function request()
   place = place % #requests + 1
   return requests[place]
end

function done(summary, latency, _)
   io.write(string.format(
      '\nRESULT {"requests":%d,"microseconds":%d,"bytes":%d,"p50":%.1f,"p99":%.1f,"max":%.1f,' ..
      '"bad":%d,"broken":%d,"timeouts":%d}\n',
      summary.requests, summary.duration, summary.bytes,
      latency:percentile(50), latency:percentile(99), latency.max,
      summary.errors.status,
      summary.errors.connect + summary.errors.read + summary.errors.write,
      summary.errors.timeout))
end
