using CsCheck;
using Fanout.Flow;
using Xunit;

namespace Fanout.Tests.Flow;

public sealed class SlotPoolTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnySequence_NeverHoldsMoreThanTheLimitAndLeavesNoWantedSlotFree(bool bounded)
    {
        var step = Gen.Select(Gen.Int[0, bounded ? 5 : 4], Gen.Int[0, 3], Gen.Int[0, 12]);
        step.Array[1, 80].Sample(steps =>
        {
            var limit = 5;
            var pool = new SlotPool(limit);
            var (held, wanted, most) = (new int[4], new int[4], Enumerable.Repeat(bounded ? 2 : int.MaxValue, 4).ToArray());
            var clients = Enumerable.Range(0, 4).Select(i => pool.Join(() => held[i]++, most[i])).ToArray();
            foreach (var (action, who, amount) in steps)
            {
                var before = held.ToArray();
                switch (action)
                {
                    case 0:
                        wanted[who] = amount;
                        clients[who].Want(amount);
                        break;
                    case 1 when held[who] > 0:
                        held[who]--;
                        clients[who].Release();
                        break;
                    case 2:
                        limit = amount;
                        pool.Resize(limit);
                        break;
                    case 3 when held[who] > 0:
                        held[who]--;
                        if (clients[who].TryKeep())
                            held[who]++;
                        break;
                    case 5:
                        most[who] = amount;
                        clients[who].Bound(amount);
                        break;
                    default:
                        break;
                }

                Assert.Equal(held.Sum(), pool.InUse);
                Assert.Equal(held, clients.Select(client => client.InUse));
                Assert.All(Enumerable.Range(0, 4), i => Assert.True(held[i] <= most[i] || held[i] <= before[i], "more was granted than the client may have"));
                Assert.True(held.Sum() <= limit || held.Sum() <= before.Sum(), "more was granted than there is");
                if (held.Sum() < limit)
                    Assert.All(Enumerable.Range(0, 4), i => Assert.True(held[i] >= Math.Min(wanted[i], most[i]), "a wanted slot is free"));
                Assert.Equal(Enumerable.Range(0, 4).Sum(i => held[i] + Math.Max(0, Math.Min(wanted[i], most[i]) - held[i])), pool.Demand);
            }
        }, iter: 2_000);
    }

    [Fact]
    public void BoundThatIsLowered_TakesSlotsBackBetweenItems()
    {
        var pool = new SlotPool(10);
        var client = pool.Join(() => { }, most: 3);
        client.Want(9);
        Assert.Equal(3, pool.InUse);
        client.Bound(1);
        Assert.False(client.TryKeep());
        Assert.False(client.TryKeep());
        Assert.True(client.TryKeep());
        client.Bound(4);
        Assert.Equal(4, pool.InUse);
    }

    [Fact]
    public void Grants_NeverExceedTheLimit() =>
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 30].Array[1, 6]).Sample((limit, wants) =>
        {
            var pool = new SlotPool(limit);
            var granted = 0;
            foreach (var want in wants)
                pool.Join(() => granted++).Want(want);
            Assert.Equal(Math.Min(limit, wants.Sum()), granted);
            Assert.Equal(granted, pool.InUse);
        });

    [Fact]
    public void SecondClient_GetsHalfAsHoldersFinishTheirItems()
    {
        var pool = new SlotPool(10);
        var held = new int[2];
        var first = pool.Join(() => held[0]++);
        first.Want(100);
        Assert.Equal(10, held[0]);

        var second = pool.Join(() => held[1]++);
        second.Want(100);
        for (var item = 0; item < 10; item++)
        {
            held[0]--;
            if (first.TryKeep())
                held[0]++;
        }

        Assert.Equal([5, 5], held);
    }

    [Fact]
    public void ClientThatWantsLittle_LeavesTheRestToTheOther()
    {
        var pool = new SlotPool(10);
        var held = new int[2];
        var greedy = pool.Join(() => held[0]++);
        greedy.Want(100);
        pool.Join(() => held[1]++).Want(2);
        for (var item = 0; item < 20; item++)
        {
            held[0]--;
            if (greedy.TryKeep())
                held[0]++;
        }

        Assert.Equal([8, 2], held);
    }

    [Fact]
    public void Shrinking_TakesSlotsBackBetweenItems()
    {
        var pool = new SlotPool(4);
        var client = pool.Join(() => { });
        client.Want(4);
        pool.Resize(1);
        Assert.False(client.TryKeep());
        Assert.False(client.TryKeep());
        Assert.False(client.TryKeep());
        Assert.True(client.TryKeep());
        Assert.Equal(1, pool.InUse);
    }

    [Fact]
    public void OneMore_TakesFromWhoHasMoreThanItsShare_AndFromNobodyElse()
    {
        var pool = new SlotPool(3);
        var held = new int[3];
        var clients = Enumerable.Range(0, 3).Select(i => pool.Join(() => held[i]++)).ToArray();
        clients[0].Want(2);
        clients[1].Want(1);
        clients[2].Want(1);
        Assert.Equal([2, 1, 0], held);
        Assert.True(clients[1].TryKeep());
        Assert.False(clients[0].TryKeep());
        Assert.Equal([1, 1, 1], clients.Select(client => client.InUse));
    }

    [Fact]
    public void OfEquals_WhoJoinedFirst_IsServedFirst()
    {
        var pool = new SlotPool(0);
        var served = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            var client = i;
            pool.Join(() => served.Add(client)).Want(2);
        }

        pool.Resize(4);
        Assert.Equal([0, 1, 2, 0], served);
    }

    [Fact]
    public void SlotThatComesBack_IsToldOf_WhileMoreAreHeldThanThereAre()
    {
        var told = 0;
        var pool = new SlotPool(4) { CameDown = () => told++ };
        var client = pool.Join(() => { });
        client.Want(4);
        client.Release();
        client.Want(0);
        Assert.Equal((0, 4), (told, pool.InUse));
        pool.Resize(2);
        client.Release();
        Assert.Equal(1, told);
        Assert.False(client.TryKeep());
        Assert.Equal((2, 2), (told, pool.InUse));
        client.Release();
        Assert.Equal((2, 1), (told, pool.InUse));
    }
}
