using System.Runtime.InteropServices;

namespace Fanout.Cli.Driving;

/// <summary>Hands SIGINT and SIGTERM to <see cref="StopSignals"/> for as long as it is not disposed. SIGQUIT is left alone.</summary>
internal sealed class ProcessSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;

    public ProcessSignals(StopSignals signals)
    {
        _registrations = [Register(PosixSignal.SIGINT), Register(PosixSignal.SIGTERM)];

        PosixSignalRegistration Register(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            signals.Signal();
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }
}
