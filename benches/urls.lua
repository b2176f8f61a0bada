-- Asks for the addresses of a file one after the other, so that no single one is hot, and prints what came of it as
-- one line of JSON. Arguments: the file, with one path a line, the encodings to accept (or `-`), and optionally the
-- word `anew`: every request then has an address of its own, so that no answer comes from those kept.

local requests = {}
local place = 0
local anew = false
local asked = 0

function init(args)
   if args[2] and args[2] ~= "-" then
      wrk.headers["Accept-Encoding"] = args[2]
   end
   anew = args[3] == "anew"
   for path in io.lines(args[1]) do
      requests[#requests + 1] = anew and path or wrk.format("GET", path)
   end
end

function request()
   place = place % #requests + 1
   if not anew then
      return requests[place]
   end
   asked = asked + 1
   local path = requests[place]
   return wrk.format("GET", path .. (path:find("?", 1, true) and "&" or "?") .. "_=" .. asked)
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
