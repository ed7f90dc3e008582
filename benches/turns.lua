-- For wrk: calls /0, /1 and so on in turns, as benches/src/serve/turns.rs counts them. TURN is the milliseconds of one and TURNS how many there are.

local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long micros; } timeval;
  int gettimeofday(timeval *now, void *zone);
]]

local now = ffi.new("timeval")
local turn, turns = tonumber(os.getenv("TURN")), tonumber(os.getenv("TURNS"))
local requests = {}

function init()
  for number = 0, turns - 1 do
    requests[number] = wrk.format("GET", "/" .. number)
  end
end

function request()
  ffi.C.gettimeofday(now, nil)
  local millis = tonumber(now.seconds) * 1000 + math.floor(tonumber(now.micros) / 1000)
  return requests[math.floor(millis / turn) % turns]
end
