using CsCheck;
using Fanout.Flow;
using Xunit;

namespace Fanout.Tests.Flow;

/// <summary>Items that count for several units.</summary>
public sealed class SlotPoolLineTests
{
    private static readonly Gen<(int Action, int Who, int Amount, int More)> Step =
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 2], Gen.Int[0, 12], Gen.Int[0, 6]);

    [Fact]
    public Task AnySequence_ServesTheLineInOrderAndNeverGivesMoreThanThereIs() =>
        Step.Array[1, 80].SampleAsync(async steps =>
        {
            using var model = new Model(clients: 3, limit: 6);
            foreach (var (action, who, amount, more) in steps)
            {
                await model.ActAsync(action, who, amount, more);
                model.Check();
            }

            await model.FinishAllAsync();
        }, iter: 2_000);

    [Fact]
    public async Task WhoNeedsMuch_IsNotOvertaken()
    {
        var pool = new SlotPool(4);
        var held = 0;
        var client = pool.Join(() => held++);
        client.Want(4);
        Assert.Equal(4, held);
        Assert.Equal(0, client.TryExchange(4));
        var units = client.ExchangeAsync(4, CancellationToken.None).AsTask();
        Assert.Equal((3, 4), (pool.InUse, pool.LargestWaiting));
        Assert.Equal(0, client.TryExchange(1));
        Assert.False(client.TryKeep());
        client.Want(10);
        Assert.Equal(4, held);
        Assert.Equal(2 + 7 + 4, pool.Demand);
        client.Release();
        client.Release();
        Assert.Equal(4, await units);
        Assert.Equal((4, 1), (pool.InUse, pool.LargestWaiting));
        client.Reduce(4);
        Assert.Equal((4, 7), (pool.InUse, held));
    }

    [Fact]
    public async Task WhoWaitsForItsOwnBound_HoldsUpNobodyElse()
    {
        var pool = new SlotPool(10);
        var (held, others) = (0, 0);
        var bound = pool.Join(() => held++, most: 3);
        var other = pool.Join(() => others++);
        bound.Want(3);
        Assert.Equal(0, bound.TryExchange(3));
        var units = bound.ExchangeAsync(3, CancellationToken.None).AsTask();
        other.Want(4);
        Assert.Equal((3, 4), (held, others));
        Assert.True(other.TryKeep());
        Assert.Equal(2, other.TryExchange(2));
        Assert.False(bound.TryKeep());
        bound.Release();
        Assert.Equal(3, await units);
        Assert.Equal((3, 8), (bound.InUse, pool.InUse));
    }

    [Fact]
    public async Task CostOverThePool_HasItAloneEvenWhenItShrinksMeanwhile()
    {
        var pool = new SlotPool(4);
        var client = pool.Join(() => { });
        client.Want(2);
        var units = client.ExchangeAsync(100, CancellationToken.None).AsTask();
        pool.Resize(2);
        Assert.False(units.IsCompleted);
        client.Release();
        // In full: what the pool is part of may have as many.
        Assert.Equal(100, await units);
        client.Want(0);
        client.Release(100);
        Assert.Equal(0, pool.InUse);
    }

    [Fact]
    public async Task CostOverThePool_WaitsUntilItMayHaveItAlone()
    {
        var mayHaveIt = false;
        var pool = new SlotPool(2) { AdmitsAlone = units => mayHaveIt && units == 5 };
        var client = pool.Join(() => { });
        client.Want(1);
        Assert.Equal(0, client.TryExchange(5));
        var units = client.ExchangeAsync(5, CancellationToken.None).AsTask();
        Assert.Equal((0, 5, 5), (pool.InUse, pool.LargestWaiting, pool.Demand));
        mayHaveIt = true;
        pool.Resize(0);
        Assert.False(units.IsCompleted);
        pool.Resize(3);
        Assert.Equal(5, await units);
    }

    [Fact]
    public async Task CostOverItsBound_IsAloneInItAndCountsInFull()
    {
        var pool = new SlotPool(10);
        var others = 0;
        var bound = pool.Join(() => { }, most: 2);
        var other = pool.Join(() => others++);
        bound.Want(2);
        Assert.Equal(0, bound.TryExchange(5));
        var units = bound.ExchangeAsync(5, CancellationToken.None).AsTask();
        Assert.Equal(1 + 5, pool.Demand);
        Assert.False(bound.TryKeep());
        Assert.Equal(5, await units);
        other.Want(10);
        Assert.Equal((5, 5, 10), (bound.InUse, others, pool.InUse));
        bound.Reduce(5);
        Assert.Equal(1, bound.TryExchange(1));
    }

    [Fact]
    public async Task Cancelled_LeavesTheLineToTheOthers()
    {
        using var stop = new CancellationTokenSource();
        var pool = new SlotPool(4);
        var client = pool.Join(() => { });
        client.Want(2);
        var large = client.ExchangeAsync(4, stop.Token).AsTask();
        await stop.CancelAsync();
        Assert.Equal(0, await large);
        Assert.Equal(3, client.TryExchange(3));
        Assert.Equal((4, 1), (pool.InUse, pool.LargestWaiting));
    }

    // What the pool should be doing, step by step, and what it does.
    private sealed class Model : IDisposable
    {
        private readonly SlotPool _pool;
        private readonly SlotClient[] _clients;
        private readonly int[] _idle;
        private readonly int[] _wanted;
        private readonly List<int>[] _working;
        private readonly List<(int Who, int Units, Task<int> Task, CancellationTokenSource Stop)> _line = [];
        private int _limit;
        private int _most;
        private int _before;

        public Model(int clients, int limit)
        {
            _pool = new SlotPool(limit) { AdmitsAlone = MayBeAlone };
            (_limit, _most) = (limit, limit);
            _idle = new int[clients];
            _wanted = new int[clients];
            _working = [.. Enumerable.Range(0, clients).Select(_ => new List<int>())];
            _clients = [.. Enumerable.Range(0, clients).Select(i => _pool.Join(() => _idle[i]++))];
        }

        public void Dispose()
        {
            foreach (var client in _clients)
                client.Dispose();
        }

        public async Task ActAsync(int action, int who, int amount, int more)
        {
            _before = _pool.InUse;
            switch (action)
            {
                case 0:
                    _wanted[who] = amount;
                    _clients[who].Want(amount);
                    break;
                case 1 when _idle[who] > 0:
                    _idle[who]--;
                    _clients[who].Release();
                    break;
                case 2:
                    (_limit, _most) = (amount, amount + more);
                    _pool.Resize(_limit);
                    break;
                case 3 when _idle[who] > 0:
                    _idle[who]--;
                    if (_clients[who].TryKeep())
                        _idle[who]++;
                    break;
                case 4 when _idle[who] > 0:
                    Exchange(who, Math.Max(1, amount));
                    break;
                case 5 when _working[who].Count > 0:
                    Finish(who);
                    break;
                case 6 when _line.Count > 0:
                    await StopWaitingAsync(_line[amount % _line.Count]);
                    break;
                default:
                    break;
            }

            await SeeServedAsync();
        }

        public void Check()
        {
            var inUse = _idle.Sum() + _working.Sum(units => units.Sum());
            Assert.Equal(inUse, _pool.InUse);
            Assert.True(inUse <= Math.Max(_limit, _before) || _idle.Sum() + _working.Sum(units => units.Count) == 1, "more is granted than there is");
            Assert.Equal(_line.Count == 0 ? 1 : _line[0].Units, _pool.LargestWaiting);
            if (_line.Count > 0)
                return;
            for (var i = 0; i < _clients.Length; i++)
                Assert.True(inUse >= _limit || _idle[i] + _working[i].Count >= _wanted[i], "a wanted slot is free");
        }

        // Whatever the state, nobody waits for ever.
        public async Task FinishAllAsync()
        {
            _limit = _most = Math.Max(1, _limit);
            _pool.Resize(_limit);
            await SeeServedAsync();
            for (var i = 0; i < _clients.Length; i++)
                _clients[i].Want(_wanted[i] = 0);
            while (_pool.InUse > 0)
            {
                for (var i = 0; i < _clients.Length; i++)
                {
                    if (_working[i].Count > 0)
                        Finish(i);
                    await SeeServedAsync();
                    for (; _idle[i] > 0; _idle[i]--)
                        _clients[i].Release();
                    await SeeServedAsync();
                }
            }

            Assert.Empty(_line);
        }

        private void Exchange(int who, int units)
        {
            _idle[who]--;
            var fits = _line.Count == 0 && Fits(_pool.InUse - 1, units);
            var got = _clients[who].TryExchange(units);
            Assert.Equal(fits ? units : 0, got);
            if (got > 0)
            {
                _working[who].Add(got);
                return;
            }

            var stop = new CancellationTokenSource();
            _line.Add((who, units, _clients[who].ExchangeAsync(units, stop.Token).AsTask(), stop));
        }

        private void Finish(int who)
        {
            var units = _working[who][0];
            _working[who].RemoveAt(0);
            _idle[who]++;
            _clients[who].Reduce(units);
        }

        private async Task StopWaitingAsync((int Who, int Units, Task<int> Task, CancellationTokenSource Stop) waiter)
        {
            _line.Remove(waiter);
            await waiter.Stop.CancelAsync();
            Assert.Equal(0, await waiter.Task);
            waiter.Stop.Dispose();
        }

        // Who is first in line is served as soon as there is enough, and not before; a wait for one that is not would never end.
        private async Task SeeServedAsync()
        {
            while (_line.Count > 0 && await IsServedAsync(_line[0]))
                _line.RemoveAt(0);
            Assert.All(_line, waiter => Assert.False(waiter.Task.IsCompleted));
        }

        private async Task<bool> IsServedAsync((int Who, int Units, Task<int> Task, CancellationTokenSource Stop) head)
        {
            var known = _idle.Sum() + _working.Sum(units => units.Sum());
            if (_pool.InUse == known || !Fits(known, head.Units))
                return false;
            _working[head.Who].Add(await head.Task);
            Assert.Equal(head.Units, _working[head.Who][^1]);
            head.Stop.Dispose();
            return true;
        }

        // One that is over what there is waits for all there can be.
        private bool MayBeAlone(int units) => _limit >= Math.Min(units, _most);

        private bool Fits(int others, int units) => _limit > 0 && (others + units <= _limit || (others == 0 && MayBeAlone(units)));
    }
}
