using System.Globalization;
using Fanout.Client.Requests;
using Fanout.Doctor;

namespace Fanout.Client;

/// <content>Looking into a local server; each needs a key with the role admin. Functions has none of it.</content>
public sealed partial class FanoutClient
{
    private const string Admin = "admin";

    /// <summary>What is wrong with the server's process, its machine and the home it serves.</summary>
    public Task<DoctorReport> GetDoctorReportAsync(CancellationToken cancellationToken = default) =>
        GetAsync<DoctorReport>(new ApiRequest(HttpMethod.Get, "api/doctor") { Role = Admin, IsSentOnce = true }, cancellationToken);

    /// <summary>Has the server record what its process does, and writes the trace (<c>.nettrace</c>) when that is over.</summary>
    /// <param name="kind"><c>cpu</c>, <c>alloc</c> or <c>locks</c>.</param>
    /// <param name="seconds">How long, 1 to 120.</param>
    /// <param name="runId">A run that it must drive; null: whatever it does.</param>
    /// <param name="destination">Where the trace goes.</param>
    /// <param name="cancellationToken">Ends the wait, and the recording with it: nothing is written then.</param>
    /// <exception cref="RunException">There is no such run, the server does not drive it, it allows no profiles, or it is making one already.</exception>
    public async Task RecordProfileAsync(string kind, int seconds, string? runId, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(destination);
        var path = string.Create(CultureInfo.InvariantCulture, $"api/profile?kind={Uri.EscapeDataString(kind)}&seconds={seconds}") + (runId is null ? "" : $"&run={Uri.EscapeDataString(runId)}");
        using var answer = await _sender.OpenAsync(new ApiRequest(HttpMethod.Post, path) { Role = Admin, RunId = runId, IsSentOnce = true, TakesItsTime = true }, cancellationToken).ConfigureAwait(false);
        await answer.Content.CopyToAsync(destination, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the recording that is under way: whoever asked for it gets what there is.</summary>
    /// <exception cref="RemoteException">There is none.</exception>
    public async Task StopProfileAsync(CancellationToken cancellationToken = default)
    {
        using var answer = await _sender.SendAsync(new ApiRequest(HttpMethod.Delete, "api/profile") { Role = Admin, IsSentOnce = true }, cancellationToken).ConfigureAwait(false);
    }
}
