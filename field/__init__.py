"""What officers and grid workers hold: the phone pages."""
