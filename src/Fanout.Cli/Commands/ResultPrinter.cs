using System.Buffers;
using System.Text.Json;
using Fanout.Results;
using Fanout.Serialization;

namespace Fanout.Cli.Commands;

/// <summary>Writes outcomes as JSON lines.</summary>
/// <param name="output">Where to.</param>
/// <param name="onlyFailed">True: those that succeeded are passed over.</param>
internal sealed class ResultPrinter(Stream output, bool onlyFailed)
{
    private const int BufferedBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(BufferedBytes);

    /// <summary>Writes one, sooner or later.</summary>
    /// <exception cref="ReaderGoneException">Nobody reads what is written.</exception>
    public async ValueTask PrintAsync(ResultLine line)
    {
        if (onlyFailed && line.Status is OutcomeStatus.Succeeded)
            return;
        using (var writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = FanoutJson.Options.Encoder }))
            JsonSerializer.Serialize(writer, line, FanoutJson.Options);
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= BufferedBytes)
            await FlushAsync();
    }

    /// <summary>Writes what is still to be written.</summary>
    /// <exception cref="ReaderGoneException">Nobody reads what is written.</exception>
    public async ValueTask FlushAsync()
    {
        try
        {
            await output.WriteAsync(_buffer.WrittenMemory);
            await output.FlushAsync();
        }
        catch (IOException exception)
        {
            throw new ReaderGoneException(exception);
        }

        _buffer.ResetWrittenCount();
    }

    /// <summary>The other end of the pipe is closed.</summary>
    public sealed class ReaderGoneException(IOException cause) : Exception(cause.Message, cause);
}
