using Fanout.Processing;
using Fanout.Sources;
using Xunit;

namespace Fanout.Tests.Processing;

public sealed class RetryQueueTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RetryQueue _queue = new();

    [Fact]
    public void Items_ComeWhenTheyAreDue_TheEarliestFirst_OfEqualsTheFirst()
    {
        Add(7, Now.AddSeconds(2));
        Add(3, Now);
        Add(5, Now.AddSeconds(1));
        Add(2, Now.AddSeconds(1));
        Assert.Equal(Now, _queue.NextDue);
        Assert.Equal([3L], Due(Now));
        Assert.Equal(Now.AddSeconds(1), _queue.NextDue);
        Assert.Empty(Due(Now.AddSeconds(1).AddTicks(-1)));
        Assert.Equal([2L, 5], Due(Now.AddSeconds(1)));
        Assert.Equal(1, _queue.Count);
        Assert.Equal([7L], Due(Now.AddYears(1)));
        Assert.Null(_queue.NextDue);
    }

    [Fact]
    public void WhatWasTried_IsTakenOut_AndTheRestStays()
    {
        Add(1, DateTimeOffset.MinValue, attempts: 0);
        Add(2, Now, attempts: 1);
        Add(3, Now, attempts: 2);
        Assert.Equal([(1L, 0, null), (2, 1, Now), (3, 2, (DateTimeOffset?)Now)], _queue.Describe().OrderBy(item => item.Index).Select(item => (item.Index, item.Attempts, item.NotBefore)));
        Assert.Equal([2L, 3], _queue.TakeTried().Select(item => item.Item.Index).Order());
        Assert.Equal([1L], Due(Now));
        Assert.Empty(_queue.TakeTried());
    }

    [Fact]
    public void ThousandItems_FillIt()
    {
        for (var i = 1; i <= RetryQueue.MaxWaiting; i++)
        {
            Assert.False(_queue.IsFull);
            Add(i, Now);
        }

        Assert.True(_queue.IsFull);
    }

    private void Add(long index, DateTimeOffset notBefore, int attempts = 1) => _queue.Add(new WaitingItem(new Item(index, default, IsText: false), attempts, notBefore, null));

    private List<long> Due(DateTimeOffset now)
    {
        var due = new List<long>();
        while (_queue.TryTakeDue(now, out var item))
            due.Add(item.Item.Index);
        return due;
    }
}
