using Fanout.Dispatch;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Xunit;

namespace Fanout.Tests.Dispatch;

public sealed class DeliveryHoldTests
{
    private static readonly TimeSpan Visibility = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly Mock<IBatchDelivery> _delivery = new();
    private int _renewals;

    [Fact]
    public async Task HeldDelivery_IsRenewedEveryThirdOfItsVisibility()
    {
        Renew(() => true);
        await using var hold = new DeliveryHold(_delivery.Object, Visibility, _time);
        await PassAsync(60);
        Assert.Equal(6, _renewals);
        Assert.False(hold.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task DeliveryThatAnotherHas_IsLostAtOnce()
    {
        Renew(() => false);
        await using var hold = new DeliveryHold(_delivery.Object, Visibility, _time);
        await PassAsync(10);
        Assert.True(hold.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task StorageThatFails_IsBorneUntilTheLastRenewalIsOver()
    {
        var fails = false;
        Renew(() => fails ? throw new StorageException("gone") : true);
        await using var hold = new DeliveryHold(_delivery.Object, Visibility, _time);
        await PassAsync(10);
        fails = true;
        await PassAsync(20);
        Assert.False(hold.Lost.IsCancellationRequested);
        fails = false;
        await PassAsync(3);
        fails = true;
        await PassAsync(26);
        Assert.False(hold.Lost.IsCancellationRequested);
        await PassAsync(5);
        Assert.True(hold.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task EndedHold_RenewsNoMore()
    {
        Renew(() => true);
        await using var hold = new DeliveryHold(_delivery.Object, Visibility, _time);
        await hold.EndAsync();
        await PassAsync(60);
        Assert.Equal(0, _renewals);
    }

    private void Renew(Func<bool> answer) => _delivery.Setup(delivery => delivery.RenewAsync(It.IsAny<TimeSpan>(), It.IsAny<CancellationToken>())).Returns(() =>
    {
        Interlocked.Increment(ref _renewals);
        try
        {
            return Task.FromResult(answer());
        }
        catch (StorageException failed)
        {
            return Task.FromException<bool>(failed);
        }
    });

    // What a timer sets off runs on in the thread that advances the clock, as long as no context takes it elsewhere: none is on the pool's threads.
    private Task PassAsync(int seconds) => Task.Run(() =>
    {
        for (var second = 0; second < seconds; second++)
            _time.Advance(TimeSpan.FromSeconds(1));
    });
}
