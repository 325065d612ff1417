namespace Fanout.Client.Watching;

/// <summary>How long a server has been away, and how long to wait before it is asked again: longer each time.</summary>
/// <param name="options">How patient.</param>
internal sealed class Absence(FanoutClientOptions options)
{
    private long? _since;
    private TimeSpan _wait;

    /// <summary>It answered.</summary>
    public void End() => _since = null;

    /// <summary>It did not: waits a while. False: it has been away for too long.</summary>
    public async Task<bool> BearAsync(CancellationToken cancellationToken)
    {
        if (_since is null)
            (_since, _wait) = (options.Time.GetTimestamp(), options.PollEvery);
        if (options.Time.GetElapsedTime(_since.Value) >= options.Patience)
            return false;
        await Task.Delay(_wait, options.Time, cancellationToken).ConfigureAwait(false);
        _wait = _wait * 2 < options.MaxDelay ? _wait * 2 : options.MaxDelay;
        return true;
    }
}
