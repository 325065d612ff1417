using System.Globalization;
using Fanout.Handlers;

namespace Fanout.TestApp;

/// <summary>
/// Records that it began and ended, in the directory of <c>TESTAPP_LOG</c>; between the two it works for <c>TESTAPP_WORK</c> milliseconds. The
/// environment says so rather than the spec, so that the same run can be continued by a process that behaves differently.
/// </summary>
internal sealed class RecordHandler : IItemHandler<int, int>, IDisposable
{
    private readonly SideEffects _effects = new(
        Environment.GetEnvironmentVariable("TESTAPP_LOG") ?? throw new InvalidOperationException("TESTAPP_LOG is not set."));

    private readonly TimeSpan _work = TimeSpan.FromMilliseconds(double.Parse(
        Environment.GetEnvironmentVariable("TESTAPP_WORK") ?? "0", CultureInfo.InvariantCulture));

    public async ValueTask<int> HandleAsync(int item, ItemContext context, CancellationToken cancellationToken)
    {
        _effects.Began(context.IdempotencyKey);
        try
        {
            if (_work > TimeSpan.Zero)
                await Task.Delay(_work, TimeProvider.System, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _effects.Cancelled(context.IdempotencyKey);
            throw;
        }

        _effects.Ended(context.IdempotencyKey);
        return item;
    }

    public void Dispose() => _effects.Dispose();
}
