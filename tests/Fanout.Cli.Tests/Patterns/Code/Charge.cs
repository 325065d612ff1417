using Fanout.Handlers;

namespace Fanout.Cli.Tests.Patterns.Code;

// README: handler
public sealed record Order(string Id, decimal Amount);

public sealed record Receipt(string Order, decimal Paid);

public sealed class Charge(Bank bank) : IItemHandler<Order, Receipt>
{
    public async ValueTask<Receipt> HandleAsync(Order order, ItemContext context, CancellationToken cancellationToken)
    {
        if (order.Amount <= 0)
            throw new PermanentItemException($"order {order.Id} has nothing to charge"); // fails at once: no further attempts
        var answer = await bank.ChargeAsync(order, context.IdempotencyKey, cancellationToken);
        if (answer.IsBusy)
            throw new ThrottledItemException(answer.RetryAfter, "the bank is busy"); // tried again, no sooner than the bank asked
        return new Receipt(order.Id, answer.Paid); // any other exception: tried again by the retry policy
    }
}

// README end
public sealed record Answer(bool IsBusy, TimeSpan? RetryAfter, decimal Paid);

/// <summary>Is busy the first time, and charges each idempotency key once.</summary>
public sealed class Bank
{
    private readonly Dictionary<string, decimal> _charged = [];
    private bool _wasBusy;

    public IReadOnlyDictionary<string, decimal> Charged => _charged;

    public Task<Answer> ChargeAsync(Order order, string idempotencyKey, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_charged)
        {
            if (!_wasBusy)
            {
                _wasBusy = true;
                return Task.FromResult(new Answer(true, TimeSpan.FromMilliseconds(5), 0));
            }

            _charged.TryAdd(idempotencyKey, order.Amount);
            return Task.FromResult(new Answer(false, null, order.Amount));
        }
    }
}
