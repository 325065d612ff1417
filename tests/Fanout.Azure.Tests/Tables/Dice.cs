namespace Fanout.Azure.Tests.Tables;

/// <summary>Random numbers for many threads, the same in every run but for who asks first.</summary>
internal sealed class Dice(int seed = 1)
{
    private readonly Lock _lock = new();
#pragma warning disable CA5394 // Nobody is kept from guessing them.
    private readonly Random _random = new(seed);

    public double Next()
    {
        lock (_lock)
            return _random.NextDouble();
    }
#pragma warning restore CA5394
}
